"""What is heard: prompts made by espeak-ng or replaced by recordings, spoken reports, music."""
