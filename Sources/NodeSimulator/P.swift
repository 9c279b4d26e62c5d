enum PlaceholderNodeSimulator {}
