"""python -m benchmarks catalogue | pages | lighthouse"""

import sys

from benchmarks import catalogue, lighthouse, pages


def main(arguments: list[str]) -> int:
    match arguments:
        case ["catalogue"]:
            return catalogue.main()
        case ["pages"]:
            return pages.main()
        case ["lighthouse"]:
            return lighthouse.main()
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
