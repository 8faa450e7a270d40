/** A hash of all that was observed, in order: equal runs have equal fingerprints. No defence against a forger. */
export class Fingerprint {
  #a = 0x811c9dc5
  #b = 0x9747b28c

  add(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193)
    this.#b = Math.imul(this.#b ^ (value + (this.#b >>> 15)), 0x85ebca6b)
  }

  toString(): string {
    return [this.#a, this.#b].map(part => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }
}
