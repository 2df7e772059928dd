"""REST of folders and files, without filters."""

from pod.podfile.models import CustomFileModel, UserFolder
from rest_framework import serializers, viewsets


class FolderSerializer(serializers.HyperlinkedModelSerializer):
    """A folder."""

    class Meta:
        model = UserFolder
        fields = ("id", "url", "name", "owner")


class FileSerializer(serializers.HyperlinkedModelSerializer):
    """A file."""

    class Meta:
        model = CustomFileModel
        fields = ("id", "url", "name", "file", "folder", "created_by")


class FolderViewSet(viewsets.ModelViewSet):
    """Folders."""

    queryset = UserFolder.objects.all()
    serializer_class = FolderSerializer


class FileViewSet(viewsets.ModelViewSet):
    """Files."""

    queryset = CustomFileModel.objects.all()
    serializer_class = FileSerializer
