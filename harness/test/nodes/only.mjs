/** `only.mjs <name> <program.mjs> <flags>`: the node of that name runs the program, every other one is honest. */
const [name, program] = process.argv.splice(2, 2)
const isChosen = process.argv[process.argv.indexOf('--name') + 1] === name
await import(isChosen ? `./${program}` : './honest.mjs')
