"""Any CSV or JSON with a time, a model and tokens, by the names of its columns; see `fields/columns.py`.

The guides are those of providers whose best export is a table that the customer makes up: no format has its names.
"""

from common.spend.logs.formats.guide import Guide

GENERIC = "generic"
"""Stands for a format's name."""

AZURE_OPENAI = Guide(
    name="Azure OpenAI",
    words=("azure",),
    best="a request log of the deployment",
    steps=(
        (
            "In the Azure portal open your Azure OpenAI resource and send its request and response logs to a Log "
            "Analytics workspace, under diagnostic settings."
        ),
        (
            "Query the requests of the last full month with time, deployment, prompt tokens, completion tokens "
            "and duration."
        ),
        "Export the result as CSV and drop it here; name the model when the file holds deployments only.",
    ),
    note="With the duration in it, latency limits can be checked.",
)

GEMINI = Guide(
    name="Gemini and Vertex AI",
    words=("gemini", "vertex", "google", "gcp"),
    best="request logs with their usage metadata",
    steps=(
        "In Google Cloud switch on request-response logging of the Gemini endpoint to BigQuery.",
        (
            "Select time, model and usageMetadata (prompt, cached, candidates and thoughts token counts) of the "
            "last full month."
        ),
        "Export the result as JSON lines or CSV and drop it here.",
    ),
    note="The billing export alone has cost per SKU, but neither features nor requests.",
)
