"""The command `seriesbox`: files in, models and answers out."""
