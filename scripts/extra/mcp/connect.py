"""Connects to the MCP server of examples/mcp with the MCP Python SDK, a workload's token and no
browser: by client_credentials with the provider of the SDK."""

import asyncio
import os

import httpx2
from mcp import ClientSession
from mcp.client.auth import TokenStorage
from mcp.client.auth.extensions.client_credentials import (
    PrivateKeyJWTOAuthProvider,
    static_assertion_provider,
)
from mcp.client.streamable_http import streamable_http_client


class Memory(TokenStorage):
    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info):
        self.client = client_info


async def main():
    server = os.environ["SERVER"]
    provider = PrivateKeyJWTOAuthProvider(
        server_url=server,
        storage=Memory(),
        client_id=os.environ["CLIENT_ID"],
        assertion_provider=static_assertion_provider(os.environ["WORKLOAD_TOKEN"]),
        scope="deploy:read",
        issuer=os.environ["ISSUER"],
    )
    async with httpx2.AsyncClient(auth=provider) as http:
        async with streamable_http_client(server, http_client=http) as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                answer = await session.call_tool("list_deployments", {})
                print("called a tool by client_credentials:", answer.content[0].text)


asyncio.run(main())
