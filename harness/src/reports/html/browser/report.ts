/** The script of report.html: reads the data that the page carries. */
import { unpack } from '../data/packed.ts'
import { startPage } from './page.ts'

startPage(unpack(document.getElementById('data')?.textContent ?? ''))
