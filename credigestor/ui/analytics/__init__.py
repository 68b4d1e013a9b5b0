"""The parts of a manager's pages: the view they share, cards, and charts with their sentences."""
