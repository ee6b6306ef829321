"""The course site: pages written from the lessons, records and derivations, put together by Sphinx.

`python -m book` (`make book`) computes nothing that a lesson computes: lessons are shown as they were
executed and sealed, figures as they were drawn. Everything lands in `.build/book`.
"""
