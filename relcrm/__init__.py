"""relcrm."""
