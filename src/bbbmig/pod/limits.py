"""What Pod 4.1 takes (docs/facts/pod-rest.md)."""

from bbbmig.domain.target import TargetLimits

POD = TargetLimits(title=250, url=500, path=200)
"""`Video.title` and `ExternalRecording.name`, `ExternalRecording.source_url`, `RecordingFileTreatment.file`: a longer
path stops Pod's cron job for all files."""
