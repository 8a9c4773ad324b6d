/** A round in the tree of a conversation. A round comes after the one that it follows. */
export interface TreeNode {
  round: number;
  parent_round: number | null;
}

/** The rounds from a first one to `last`; none when `last` is not there. `all` may be in any order. */
export function branchTo<Round extends TreeNode>(all: readonly Round[], last: number | null): Round[] {
  const rounds = new Map(all.map((one) => [one.round, one]));
  const branch: Round[] = [];
  let next = last === null ? undefined : rounds.get(last);
  while (next) {
    branch.push(next);
    next = next.parent_round === null ? undefined : rounds.get(next.parent_round);
  }
  return branch.reverse();
}

/** The newest of a round and all that follow it, through whatever others. `all` is in the order in which they were made. */
export function lastBelow<Round extends TreeNode>(all: readonly Round[], from: Round): Round {
  const below = new Set([from.round]);
  let last = from;
  for (const one of all) {
    if (one.parent_round === null || !below.has(one.parent_round)) continue;
    below.add(one.round);
    last = one;
  }
  return last;
}

/** The rounds that follow the same one, in the order of `all`. */
export function siblings<Round extends TreeNode>(all: readonly Round[]): Map<number | null, Round[]> {
  return Map.groupBy(all, ({ parent_round }) => parent_round);
}
