import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';

/**
 * One stage of a Dockerfile.
 *
 * @typedef {object} Stage
 * @property {string | undefined} name
 * @property {{ name: string, args: string[], flags: Record<string, string>, content: string }[]} instructions
 */

/**
 * Reads the stages of a Dockerfile.
 *
 * @param {string} file
 * @returns {Stage[]}
 */
export function readStages(file) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(readFileSync(file, 'utf8')).getInstructions()) {
    const name = instruction.getInstruction();
    const args = instruction.getArguments().map((argument) => argument.getValue());
    if (name === 'FROM') {
      stages.push({ name: args[2], instructions: [] });
      continue;
    }
    const flags = (instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue()]);
    const content = instruction.getArgumentsContent() ?? '';
    stages.at(-1).instructions.push({ name, args, flags: Object.fromEntries(flags), content });
  }
  return stages;
}

/**
 * How the image of a stage is run.
 *
 * @param {Stage} stage
 */
export function configOf({ instructions }) {
  const last = (name) => instructions.findLast((instruction) => instruction.name === name);
  const variables = instructions.filter(({ name }) => name === 'ENV').flatMap(({ args }) => args);
  return {
    user: last('USER').content,
    workdir: last('WORKDIR').content,
    environment: Object.fromEntries(variables.map((variable) => variable.split('='))),
    entrypoint: JSON.parse(last('ENTRYPOINT').content),
    command: JSON.parse(last('CMD').content),
    healthcheck: JSON.parse(last('HEALTHCHECK').content.replace(/^CMD /, '')),
  };
}
