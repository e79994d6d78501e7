"""Users, apps, who works in them, and workers as rows."""
