"""Texts in, resources in the API's shape out, each value with its place; nothing is judged here.

``discover`` names files, ``files`` reads them as ``source.SourceText``; so does whoever has a text
from elsewhere. ``reading`` takes one text, ``terraform.modules`` the texts of folders; both give a
``document.Document``. A ``ReadFault`` in it says what a reader finds wrong.
"""
