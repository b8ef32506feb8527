"""Runs the Python snippets of docs/using-the-dataset.md on a dataset.

    python3 tests/snippets.py DATASET [FILES]

FILES is a folder of netCDF exports. A snippet whose library is not installed is skipped and named.
"""

import contextlib
import io
import pathlib
import re
import sys


def main():
    dataset = pathlib.Path(sys.argv[1]).absolute()
    files = pathlib.Path(sys.argv[2]).absolute() if len(sys.argv) > 2 else None
    guide = pathlib.Path(__file__).parent.parent / "docs/using-the-dataset.md"
    snippets = re.findall(r"```python\n(.*?)```", guide.read_text(), re.S)
    assert len(snippets) >= 5, "the guide lost its snippets"
    failed = 0
    for snippet in snippets:
        library = re.search(r"^import (\w+)", snippet, re.M).group(1)
        if "files/" in snippet:
            found = sorted(files.glob("*.nc")) if files else []
            if not found:
                print(f"{library}: skipped, no netCDF files given")
                continue
            snippet = re.sub(r'"files/\w+\.nc"', repr(str(found[0])), snippet)
        snippet = snippet.replace("dataset/", f"{dataset}/")
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output):
                exec(compile(snippet, library, "exec"), {})
        except ImportError as error:
            print(f"{library}: skipped, {error}")
            continue
        except Exception as error:
            print(f"{library}: FAILED, {type(error).__name__}: {error}")
            failed += 1
            continue
        assert output.getvalue().strip(), library
        print(f"{library}: ran")
    sys.exit(failed)


if __name__ == "__main__":
    main()
