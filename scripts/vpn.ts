#!/usr/bin/env node
/** `npx vpn`: everything that a person does with Perennial, from a terminal or from a program. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Halves what each command takes to start. Not in the system's temporary folder, where others could write.
enableCompileCache(join(import.meta.dirname, '../.cache/node'));
const { runProgram } = await import('./vpn/program.ts');
const { commands } = await import('./vpn/table.ts');

process.exitCode = await runProgram(commands, process.argv.slice(2));
