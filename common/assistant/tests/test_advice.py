"""What data lack, and where it is to be had: the formats decide whether that is true."""

import pytest

from common.assistant.tools.goal_and_datasets import _LACKS
from common.spend.logs.fields.columns import FieldName
from common.spend.tests.formats.fixtures import exports_without, named_exports


@pytest.mark.parametrize("field", ["latency", "feature", "status"])
def test_an_export_that_is_named_for_a_missing_field_has_it(field: FieldName) -> None:
    assert len(named_exports(_LACKS[field])) > 1
    assert not exports_without(field, _LACKS[field])
