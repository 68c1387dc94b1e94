"""What an earlier version of Apex wrote, kept as it stood in Firestore, so that later ones are held to it."""
