"""Filters as Pod's REST has them: unknown parameters and empty values are ignored, and so everything is given."""

from django import forms
from django.db import models
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView


class IgnorantFilters(BaseFilterBackend):
    """Filter by equality on the model's fields that a view names in `filterset_fields`."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view: APIView) -> QuerySet:
        """Apply what is known and not empty; refuse values that the field cannot have with 400."""
        names = getattr(view, "filterset_fields", ())
        fields = {name: form_field(queryset.model._meta.get_field(name)) for name in names}  # noqa: SLF001
        form = type("Filters", (forms.Form,), fields)(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors)
        for name, value in form.cleaned_data.items():
            if value not in (None, ""):
                queryset = self.apply(queryset, name, value, view)
        return queryset

    @staticmethod
    def apply(queryset: QuerySet, name: str, value: object, view: APIView) -> QuerySet:
        """Apply one filter, by the view's own method `filter_<name>` if it has one."""
        method = getattr(view, "filter_" + name, None)
        return method(queryset, value) if method else queryset.filter(**{name: value})


def form_field(field: models.Field) -> forms.Field:
    """Choose how a parameter is read: these fields bring the error messages that Pod gives."""
    if isinstance(field, models.ForeignKey | models.ManyToManyField):
        return forms.ModelChoiceField(field.related_model.objects.all(), required=False)
    if isinstance(field, models.DateTimeField):
        return forms.DateTimeField(required=False)
    if isinstance(field, models.BooleanField):
        return forms.NullBooleanField(required=False)
    if isinstance(field, models.AutoField):
        return forms.DecimalField(required=False)
    return forms.CharField(required=False)
