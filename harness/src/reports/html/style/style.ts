/** The look of a page: system fonts, light and dark, nothing loaded from anywhere. */
import { charts } from './charts.ts'
import { grid } from './grid.ts'
import { print } from './print.ts'
import { sections } from './sections.ts'
import { theme } from './theme.ts'

export const style = `${theme}${sections}${grid}${charts}${print}`
