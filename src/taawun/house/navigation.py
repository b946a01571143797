"""What the header and the tab bar of every page show."""
