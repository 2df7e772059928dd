"""A sample Esup-Pod for `bbbmig demo` and the tests: Django and REST framework, as the real one is.

It has the tables, routes and pages that bbbmig meets, and the quirks measured on Pod 4.1.0 (docs/facts/pod-rest.md),
most of them for the same reason as there: the same field types under the same framework. Nothing of Pod's source
is in it. Encoding, search, channels and everything else that bbbmig never sees is left out.

`serve.py` starts it in a process of its own, in which the folder beside it is importable as `pod`, so that the real
extension file runs unchanged as `pod/custom/bbbmig_urls.py`. It needs Django and REST framework, nothing of bbbmig.
"""
