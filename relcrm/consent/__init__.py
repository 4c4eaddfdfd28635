"""What she allows: purposes, the field catalogue, the ledger, the gates. Who she is lives in customers."""
