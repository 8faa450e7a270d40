/** The figures of a run as OpenMetrics text, so that they can be kept and compared over many runs. */

import { printable } from '../printable.ts'
import type { Judged } from './judged.ts'
import { FIGURES, type Figure, figuresOf } from './words/figures/figures.ts'

const PREFIX = 'gossip_testbed'

const OUTCOMES = ['pass', 'fail', 'unknown'] as const
const STATUSES = ['pass', 'fail', 'unknown', 'not-tried'] as const

/** How a unit of a figure is written in base units, and what the figure is divided by for that. */
const UNITS = {
  ms: { suffix: '_seconds', unit: 'seconds', divisor: 1_000 },
  bytes: { suffix: '_bytes', unit: 'bytes', divisor: 1 },
  'bytes/s': { suffix: '_bytes_per_second', unit: 'bytes_per_second', divisor: 1 },
  share: { suffix: '_ratio', unit: 'ratio', divisor: 1 },
  count: { suffix: '', unit: undefined, divisor: 1 }
} as const satisfies Record<Figure['unit'], { suffix: string; unit: string | undefined; divisor: number }>

interface Family {
  readonly name: string
  readonly type: 'gauge' | 'info' | 'stateset'
  readonly unit?: string | undefined
  readonly help: string
  readonly samples: readonly { suffix?: '_info'; labels: Readonly<Record<string, string>>; value: number }[]
}

/** What did not come to an end has no sample. */
export function renderOpenMetrics(judged: Judged): string {
  const families = [runFamily(judged), outcomeFamily(judged), checksFamily(judged), findingsFamily(judged)]
  const lines = [...families, ...figureFamilies(figuresOf(judged))].flatMap(familyLines)
  return [...lines, '# EOF', ''].join('\n')
}

function runFamily({ network: { started, nodes } }: Judged): Family {
  const labels = {
    scenario: started?.scenario ?? '',
    nodes: String(nodes.size),
    runner: started?.runner ?? '',
    ...(started?.perProcess !== undefined && { per_process: String(started.perProcess) }),
    seed: String(started?.plan?.seed ?? ''),
    version: started?.versions?.testbed ?? ''
  }
  return {
    name: `${PREFIX}_run`,
    type: 'info',
    help: 'how the run was made',
    samples: [{ suffix: '_info', labels, value: 1 }]
  }
}

function outcomeFamily({ judgement: { outcome } }: Judged): Family {
  const name = `${PREFIX}_outcome`
  const samples = OUTCOMES.map(each => ({ labels: { [name]: each }, value: Number(each === outcome) }))
  return { name, type: 'stateset', help: 'whether the network keeps the rules', samples }
}

function checksFamily({ judgement: { checks } }: Judged): Family {
  const samples = STATUSES.map(wanted => ({
    labels: { status: wanted },
    value: checks.filter(({ status }) => status === wanted).length
  }))
  return { name: `${PREFIX}_checks`, type: 'gauge', help: 'rules of the contract by what became of them', samples }
}

function findingsFamily({ judgement: { findings } }: Judged): Family {
  const groups = Map.groupBy(findings, ({ rule, cause }) => `${rule} ${cause.code}`)
  const samples = [...groups.values()].map(found => ({
    labels: { rule: found[0]!.rule, cause: found[0]!.cause.code },
    value: found.length
  }))
  return { name: `${PREFIX}_findings`, type: 'gauge', help: 'causes that were found, by rule', samples }
}

/** Of each figure its values, and the bounds that the scenario sets. */
function figureFamilies(figures: readonly Figure[]): Family[] {
  return [...Map.groupBy(figures, ({ name }) => name)].flatMap(([name, group]) => {
    const { unit } = group[0]!
    const { suffix, unit: shown, divisor } = UNITS[unit]
    const base = `${PREFIX}_${name.replaceAll('-', '_')}`
    const about = FIGURES[name].about
    const samplesOf = (pick: (figure: Figure) => number | undefined) => {
      return group.flatMap(figure => {
        const value = pick(figure)
        return value === undefined ? [] : [{ labels: labelsOf(figure), value: Number((value / divisor).toFixed(6)) }]
      })
    }
    return [
      {
        name: `${base}${suffix}`,
        type: 'gauge' as const,
        unit: shown,
        help: about,
        samples: samplesOf(each => each.value)
      },
      {
        name: `${base}_bound${suffix}`,
        type: 'gauge' as const,
        unit: shown,
        help: `what the scenario asks for: ${about}`,
        samples: samplesOf(each => each.bound)
      }
    ].filter(({ samples }) => samples.length > 0)
  })
}

/** A fault that comes and goes has a figure for each time. */
function labelsOf({ key, fault }: Figure): Record<string, string> {
  if (fault === undefined) return {}
  return { fault, time: / \((\d+)\)$/.exec(key)?.[1] ?? '1' }
}

function familyLines({ name, type, unit, help, samples }: Family): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}`)
  ]
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const texts = Object.entries(labels).map(([label, value]) => `${label}="${escaped(printable(value, 200))}"`)
  return texts.length === 0 ? '' : `{${texts.join(',')}}`
}

/** Of one line. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&')
}
