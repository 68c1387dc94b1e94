"""JSON replies that every function writes the same way."""

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse


class Reply(BaseModel):
    """The body of a reply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def response(self, status_code: int = 200) -> JSONResponse:
        """It as an HTTP response."""
        return JSONResponse(self.model_dump(mode="json"), status_code=status_code)
