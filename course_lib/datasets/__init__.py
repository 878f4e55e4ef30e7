"""Loaders for the small real data sets in ``data/`` and for the official files of a few full-size ones.

``digits``, ``emoji``, ``nuclei`` and ``photographs`` read files that are in the repository; ``official`` reads MNIST,
CIFAR-10 and Oxford-IIIT Pet files from a folder of yours. A loader compares each file with its recorded checksum
before it decodes it, writes nothing, and returns fresh arrays: change them as you like.
"""

from course_lib.datasets import digits, emoji, files, nuclei, photographs


def check():
    """Compare every file in ``data/`` with its recorded size and checksum.

    Returns
    -------
    list of (str, bool, str)
        One entry for each file: its path inside the repository, whether it is intact, and what was found (for a damaged
        file: what is wrong with it and how to mend it).
    """
    report = []
    for module in (digits, emoji, nuclei, photographs):
        for name in module.FILES:
            try:
                size = len(files.read(module, name))
                report.append((files.label(module, name), True, f"{size:,} bytes, checksum agrees"))
            except files.DataFileError as error:
                report.append((files.label(module, name), False, str(error)))
    return report
