"""What the ear costs and how well it hears: `bench/screening`."""
