"""python -m benchmarks catalogue | pages"""

import sys

from benchmarks import catalogue, pages


def main(arguments: list[str]) -> int:
    match arguments:
        case ["catalogue"]:
            return catalogue.main()
        case ["pages"]:
            return pages.main()
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
