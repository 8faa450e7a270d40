/** What a test writes once its network is up: from here on it leaves the host time for the start of another. */
export const UP = 'everybody lists everybody'
