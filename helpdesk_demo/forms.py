"""The forms of what agents may send."""

from typing import Any

from django import forms
from django.contrib.auth.models import User

from helpdesk_demo.models import Label, Status


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Clean each of the files; a FileField knows only one."""
        return [super(FilesField, self).clean(file, initial) for file in data or []]


class ReplyForm(forms.Form):
    text = forms.CharField(required=False, max_length=20_000)
    internal = forms.BooleanField(required=False)
    solve = forms.BooleanField(required=False)
    uploads = FilesField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["text"].strip() and not cleaned["uploads"]:
            raise forms.ValidationError("Write something or add a file.")
        return cleaned


class SubjectForm(forms.Form):
    subject = forms.CharField(max_length=200, required=False)


class StatusForm(forms.Form):
    status = forms.ModelChoiceField(Status.objects.all())


class AssigneeForm(forms.Form):
    assignee = forms.ModelChoiceField(
        User.objects.filter(is_staff=True, is_active=True), required=False
    )


class LabelsForm(forms.Form):
    labels = forms.ModelMultipleChoiceField(Label.objects.all(), required=False)
    new = forms.CharField(max_length=60, required=False)


#: The form of each property that the ticket page lets agents change one at a time.
PROPERTY_FORMS: dict[str, type[forms.Form]] = {
    "subject": SubjectForm,
    "status": StatusForm,
    "assignee": AssigneeForm,
    "labels": LabelsForm,
}
