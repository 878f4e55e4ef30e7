"""The kernel calls its language version 3: with more digits, a notebook would change with the Python that opens it."""

from ipykernel.ipkernel import IPythonKernel

IPythonKernel.language_info = {**IPythonKernel.language_info, "version": "3"}
