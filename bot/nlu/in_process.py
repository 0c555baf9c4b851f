"""Calls the custom actions in this process instead of over HTTP, with the same payload and the same answers."""

from typing import Any, Optional

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException


class InProcessActions(EndpointConfig):
    """An action endpoint that never leaves the process."""

    def __init__(self, package: str) -> None:
        super().__init__(url="inprocess://actions")
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(
        self,
        method: str = "post",
        subpath: Optional[str] = None,
        content_type: Optional[str] = None,
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """Run the action named in the payload; answers and errors are those of an action server."""
        try:
            return await self._executor.run(kwargs["json"])
        except ActionExecutionRejection as rejection:
            body = {"error": str(rejection), "action_name": rejection.action_name}
            raise ClientResponseError(400, "rejected", body) from rejection
        except ActionNotFoundException as missing:
            raise ClientResponseError(
                404, "not found", {"error": str(missing), "action_name": missing.action_name}
            ) from missing
