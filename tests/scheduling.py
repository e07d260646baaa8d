"""Which worker runs what: each begins with a part of the tests, and who has nothing left takes half of what another one
has. It takes whole files, so that what a file makes for all its tests is made once."""

from itertools import takewhile

from xdist.scheduler.worksteal import MIN_PENDING, WorkStealingScheduling
from xdist.workermanage import WorkerController


class WholeFiles(WorkStealingScheduling):
    """xdist's own `worksteal`, which would cut a file in two, or in ten."""

    def check_schedule(self) -> None:
        """Give idle workers what waits; when nothing does, take it from who has most, or let them end."""
        up = [node for node in self.node2pending if not node.shutting_down]
        for place, node in enumerate(idle := self._idle(up)):
            self._send_tests(node, len(self.pending) // (len(idle) - place))
        idle = self._idle(up)
        if not idle or self.steal_requested_from_node is not None:
            return
        richest = max(up, key=lambda node: len(self.node2pending[node]))
        if stolen := self._last_files(self.node2pending[richest]):
            richest.send_steal(stolen)
            self.steal_requested_from_node = richest
        else:
            for node in idle:
                node.shutdown()

    def _idle(self, nodes: list[WorkerController]) -> list[WorkerController]:
        return [node for node in nodes if len(self.node2pending[node]) < MIN_PENDING]

    def _send_tests(self, node: WorkerController, num: int) -> None:
        """So many, and the rest of the last one's file."""
        if 0 < num < len(self.pending):
            last = self._file(self.pending[num - 1])
            num += len(list(takewhile(lambda test: self._file(test) == last, self.pending[num:])))
        super()._send_tests(node, num)

    def _last_files(self, pending: list[int]) -> list[int]:
        """The second half of these tests, without what belongs to a file of the first half, nor to the running one."""
        places = range(max(len(pending) // 2, MIN_PENDING), len(pending))
        for place in places:
            if self._file(pending[place]) != self._file(pending[place - 1]):
                return pending[place:]
        return []

    def _file(self, test: int) -> str:
        assert self.collection is not None
        return self.collection[test].partition("::")[0]
