"""The fault campaign: real processes are killed, slowed and lied to at every point; nothing may be lost or doubled."""
