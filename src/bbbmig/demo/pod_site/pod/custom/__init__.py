"""Where a site puts its own files; here they lie in the sample's directory, not in this package."""

from django.conf import settings

__path__.append(str(settings.SAMPLE_DIRECTORY / "custom"))
