/** What --runner can name, in a file of its own: who only knows the names needs nothing of what the runners need. */
export const RUNNER_NAMES = ['process', 'netns', 'container', 'kubernetes'] as const

export type RunnerName = (typeof RUNNER_NAMES)[number]
