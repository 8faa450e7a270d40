import { staysWhole } from './toolkit/quiet.ts'

staysWhole(2)
