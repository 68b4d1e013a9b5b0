"""The parts of the counter's pages: customers, sales, payments, guarantors and documents."""
