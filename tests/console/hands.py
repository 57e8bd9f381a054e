"""Hands of a person at a page: each key and each text that is typed into one field is one action, and counted."""

from playwright.async_api import Page


class Hands:
    """Hands at one page, and what they have done so far."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions: list[str] = []

    async def press(self, key: str) -> None:
        """Press a key, or keys together."""
        self.actions.append(key)
        await self.page.keyboard.press(key)

    async def type(self, words: str) -> None:
        """Type a text into the field that has the cursor."""
        self.actions.append(f"«{words}»")
        await self.page.keyboard.type(words)
