"""What every view shares: access, answers, errors, forms. No rule of the trade lives here."""
