"""Google's APIs on this machine: Cloud Tasks, Secret Manager and Scheduler in one process, for Google's own clients."""
