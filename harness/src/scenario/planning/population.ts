/** The nodes of a plan as it is made: which of them run at a step, and which are chosen for it. */
import type { NodeName } from '../../contract.ts'
import { ROUTERS, type RouterKind } from '../../faults/routers.ts'
import { type Chance, sample } from '../chance.ts'
import type { PlannedNode } from '../plan.ts'
import type { Amount, Selector } from '../selector.ts'

/** A node is `away` while a fault of its own is in force that will be healed: it is not drawn meanwhile. */
type State = 'waiting' | 'up' | 'away' | 'gone'

interface Member {
  readonly name: NodeName
  readonly program: string
  readonly isBootstrap: boolean
  bootstrap: readonly NodeName[]
  startsAtOnce: boolean
  hasJoined: boolean
  state: State
  behind: RouterKind | undefined
}

/** Each node is told of at most so many others when it starts: one of them may be gone. */
const TOLD_OF = 2

/** What cannot be chosen: a sentence that says why, and what would do. */
export class SelectionError extends Error {
  override name = 'SelectionError'
}

/** BOUNDED by the number of nodes of the plan. */
export class Population {
  readonly #members: readonly Member[]

  /**
   * All of them start at once, until `keepForLater` says otherwise.
   *
   * @param programs - of each node, from `n1` on
   * @param bootstraps - so many first nodes are those that the others are told of
   */
  constructor(programs: readonly string[], bootstraps: number, chance: Chance) {
    this.#members = programs.map((program, index) => ({
      name: `n${index + 1}`,
      program,
      isBootstrap: index < bootstraps,
      bootstrap: [],
      startsAtOnce: true,
      hasJoined: false,
      state: 'up',
      behind: undefined
    }))
    for (const [index, member] of this.#members.entries()) {
      const before = this.#members.slice(0, Math.min(index, bootstraps))
      member.bootstrap = inOrder(sample(before, TOLD_OF, chance))
    }
  }

  get nodes(): PlannedNode[] {
    return this.#members.map(({ name, program, bootstrap, startsAtOnce, behind }) => ({
      name,
      program,
      bootstrap,
      startsAtOnce,
      ...(behind !== undefined && { behind })
    }))
  }

  /**
   * Before any step: these nodes are behind a router, where nobody outside can dial them. Those that others are told of never are,
   * and are not drawn.
   *
   * @throws {SelectionError} when there are no such nodes, or one cannot be there
   */
  putBehind(kind: RouterKind, selector: Selector, chance: Chance): void {
    const free = this.#members.filter(({ isBootstrap, behind }) => !isBootstrap && behind === undefined)
    const isDrawn = selector.type === 'count' || selector.type === 'share'
    const members = isDrawn
      ? sample(free, this.#numberOf(selector, free.length, this.#members.length), chance)
      : this.#named(selector, ['up'])
    for (const member of members) {
      if (member.isBootstrap) {
        throw new SelectionError(`${member.name} is a bootstrap node, which the others must be able to dial`)
      }
      if (member.behind !== undefined) {
        throw new SelectionError(`${member.name} is behind two routers, ${member.behind} and ${kind}; name one of them`)
      }
      member.behind = kind
    }
  }

  /**
   * Running nodes that are behind a router, and all others that are behind the same ones.
   *
   * @throws {SelectionError} when there are none, or a named one is not behind a router or does not run
   */
  behindRouters(selector: Selector, chance: Chance): NodeName[] {
    const direct = this.#members.filter(({ behind }) => behind === undefined)
    if (direct.length === this.#members.length) {
      throw new SelectionError('no node is behind a router; `behind` at the top of the scenario says which are')
    }
    const open = new Set(namesOf(direct))
    const chosen = this.running(selector, chance, open)
    const misplaced = selector.type === 'range' ? chosen.find(name => open.has(name)) : undefined
    if (misplaced !== undefined) {
      throw new SelectionError(
        `${misplaced} is behind no router; choose among ${namesOf(this.#members.filter(({ behind }) => behind !== undefined)).join(', ')}`
      )
    }
    const hit = this.#byName(chosen).filter(({ behind }) => behind !== undefined)
    if (hit.length === 0) throw new SelectionError('none of these nodes is behind a router')
    const shared = new Set(
      hit.flatMap(({ behind }) => (behind !== undefined && ROUTERS[behind].isShared ? behind : []))
    )
    const isHit = (member: Member) => hit.includes(member) || (member.behind !== undefined && shared.has(member.behind))
    return namesOf(this.#members.filter(member => isHit(member) && (member.state === 'up' || member.state === 'away')))
  }

  /**
   * @param except - nodes that are not drawn
   * @throws {SelectionError} when there are no such nodes, or a named one does not run
   */
  running(selector: Selector, chance: Chance, except: ReadonlySet<NodeName> = new Set()): NodeName[] {
    const members = this.#select(selector, chance, { except, states: ['up', 'away'] })
    const idle = members.find(({ state }) => state === 'waiting' || state === 'gone')
    if (idle === undefined) return namesOf(members)
    throw new SelectionError(
      idle.state === 'gone'
        ? `${idle.name} has ended before this step; only restart starts it again`
        : `${idle.name} joins only after this step`
    )
  }

  /**
   * Those that run; of named ones also those that have ended.
   *
   * @throws {SelectionError} when there are no such nodes, or a named one was never started
   */
  restartable(selector: Selector, chance: Chance): NodeName[] {
    const members = this.#select(selector, chance, { except: new Set(), states: ['up', 'away', 'gone'] })
    const waiting = members.find(({ state }) => state === 'waiting')
    if (waiting === undefined) return namesOf(members)
    throw new SelectionError(`${waiting.name} joins only after this step`)
  }

  /**
   * Nodes that are not started with the others, but by a later step. A number counts from the last node.
   *
   * @throws {SelectionError} when there are not so many, or one is a bootstrap node
   */
  keepForLater(selector: Selector): NodeName[] {
    const starting = this.#members.filter(({ startsAtOnce, isBootstrap }) => startsAtOnce && !isBootstrap)
    const members =
      selector.type === 'count' || selector.type === 'share'
        ? starting.slice(-this.#numberOf(selector, starting.length, this.#members.length))
        : this.#named(selector, ['up'])
    for (const member of members) {
      if (member.isBootstrap) throw new SelectionError(`${member.name} is a bootstrap node, which starts at once`)
      if (!member.startsAtOnce) throw new SelectionError(`${member.name} joins in another step already`)
      member.startsAtOnce = false
      member.state = 'waiting'
    }
    return namesOf(members)
  }

  /** They are told of bootstrap nodes that run; where none does, of a random node that does, and that can be dialled if there is one. */
  join(names: readonly NodeName[], chance: Chance): void {
    const up = this.#members.filter(({ state }) => state === 'up')
    const bootstraps = up.filter(({ isBootstrap }) => isBootstrap)
    const open = up.filter(({ behind }) => behind === undefined)
    for (const member of this.#byName(names)) {
      member.bootstrap =
        bootstraps.length > 0
          ? inOrder(sample(bootstraps, TOLD_OF, chance))
          : namesOf(sample(open.length > 0 ? open : up, 1, chance))
      member.state = 'up'
      member.hasJoined = true
    }
  }

  mark(names: readonly NodeName[], state: 'away' | 'gone'): void {
    for (const member of this.#byName(names)) member.state = state
  }

  restart(names: readonly NodeName[]): void {
    for (const member of this.#byName(names)) member.state = 'up'
  }

  /** All faults that have an end are over. */
  recover(): void {
    for (const member of this.#members) if (member.state === 'away') member.state = 'up'
  }

  /** Nodes in a state that no node is told of when it starts. */
  ordinary(state: State): NodeName[] {
    return namesOf(this.#members.filter(member => member.state === state && !member.isBootstrap))
  }

  #select(
    selector: Selector,
    chance: Chance,
    { except, states }: { except: ReadonlySet<NodeName>; states: State[] }
  ): Member[] {
    if (selector.type !== 'count' && selector.type !== 'share') return this.#named(selector, states)
    const up = this.#members.filter(({ state }) => state === 'up')
    const drawn = sample(up, up.length, chance)
    // Without any bootstrap node newcomers would find nobody: the last one of the draw is spared.
    const spared = drawn.findLast(({ isBootstrap }) => isBootstrap)
    const candidates = drawn.filter(member => member !== spared && !except.has(member.name))
    return candidates.slice(0, this.#numberOf(selector, candidates.length, up.length))
  }

  /** @param of - what a share is a share of */
  #numberOf(amount: Amount, available: number, of: number): number {
    if (available === 0) throw new SelectionError('no node is left to choose; give the run more nodes')
    if (amount.type === 'share') return Math.min(available, Math.max(1, Math.floor(amount.ratio * of)))
    if (amount.count <= available) return amount.count
    throw new SelectionError(`${amount.count} nodes cannot be chosen, at most ${available}; give the run more nodes`)
  }

  /** @param states - that nodes meant by one word for many must have; those that are named must only be there */
  #named(selector: Exclude<Selector, Amount>, states: readonly State[]): Member[] {
    const members = this.#members.filter((member, index) => isMeant(selector, member, index))
    const count = this.#members.length
    if (selector.type === 'range') {
      if (selector.last <= count) return members
      throw new SelectionError(`n${selector.last} is not there: the run has ${count} nodes, n1..n${count}`)
    }
    const meant = members.filter(({ state }) => states.includes(state))
    if (meant.length > 0) return meant
    const word = selector.type === 'program' ? selector.name : selector.type
    throw new SelectionError(`no node of ${word} is there at this step`)
  }

  #byName(names: readonly NodeName[]): Member[] {
    const wanted = new Set(names)
    return this.#members.filter(({ name }) => wanted.has(name))
  }
}

function isMeant(selector: Exclude<Selector, Amount>, member: Member, index: number): boolean {
  switch (selector.type) {
    case 'range':
      return index + 1 >= selector.first && index + 1 <= selector.last
    case 'all':
      return true
    case 'bootstrap':
      return member.isBootstrap
    case 'joined':
      return member.hasJoined
    case 'program':
      return member.program === selector.name
  }
}

function namesOf(members: readonly Member[]): NodeName[] {
  return members.map(({ name }) => name)
}

/** By number, not as they were drawn. */
function inOrder(members: readonly Member[]): NodeName[] {
  return namesOf(members).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))
}
