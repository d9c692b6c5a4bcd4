"""Those who would not notice by themselves that the address goes: sent away while this server can still say so."""

from collections.abc import Sequence

from server.part import Part
from server.sources import Source

# So long an announced move is about to be made, or has just been: an agent that is restarted takes it up.
MOVE_SECONDS = 30
# Reports come each minute: the loop takes nobody to serve whose last one is older.
SERVES_SECONDS = 90


class Farewell:
    def __init__(self, source: Source, parts: Sequence[Part]):
        self.source = source
        self.parts = parts
        # For whose sake it was said last.
        self.said = ''

    def say(self, address: str, is_doomed: bool) -> None:
        """Once for each server that is about to get this address. Raises what a pull may raise."""
        heir = self.successor() if is_doomed else self.heir(address)
        if heir is None or heir == self.said:
            return
        self.said = heir
        for part in self.parts:
            part.dismiss()

    def successor(self) -> str | None:
        """
        Where AWS takes this server, the address goes as soon as another serves. That is known a second or two before it
        is announced: time to end sessions in, and to be heard.
        """
        me, fresh = self.source.identity(), self.source.now() - SERVES_SECONDS
        others = (o for o in self.source.others() if o.id != me and o.at > fresh)
        return next((o.id for o in others if o.serves and o.taken_at is None), None)

    def heir(self, address: str) -> str | None:
        """Who gets the address of this server by an announcement; one of long ago has come to nothing."""
        move = self.source.move()
        if not move or move.former != self.source.identity() or move.address != address:
            return None
        return move.heir if self.source.now() - move.at < MOVE_SECONDS else None
