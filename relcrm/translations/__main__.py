"""`python -m relcrm.translations update`: extract, merge and compile; says what is still missing."""

import sys

from relcrm import translations

if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit(__doc__)
    for locale, count in translations.update().items():
        print(locale, "complete" if not count else f"{count} missing")
        for message in translations.missing(translations.load(locale), translations.template()):
            print("   ", message.id)
