import { checkArguments, numberOf, optionalText, wrongArguments } from '../files/tool-arguments';
import type { Tool } from '../tool';
import { prepareNewFiles } from './new-files';
import { inFolder, readStack, type Stack } from './stack';

/** Dockerfile, compose.yaml and .dockerignore for what the folder is made of. */
export const createDockerConfigTool: Tool = {
  declaration: {
    name: 'create_docker_config',
    description:
      'Creates a Dockerfile, compose.yaml and .dockerignore for the stack found in a folder (Node.js, Python or Maven). What is there already stays as it is.',
    parameters: {
      type: 'object',
      properties: {
        folder: { type: 'string', description: 'Folder of the project. Leave out for the workspace itself.' },
        port: {
          type: 'integer',
          minimum: 1,
          maximum: 65535,
          description: 'The port that it listens on. Default 8080.',
        },
      },
      required: [],
      additionalProperties: false,
    },
  },
  async prepare(args, scope) {
    checkArguments(this.declaration, args);
    const stack = await readStack(optionalText(args, 'folder') ?? '', scope);
    const port = numberOf(args, 'port', 8080);
    const docker = dockerfile(stack, port);
    if (docker === undefined)
      throw wrongArguments(
        'create_docker_config: the folder has no package.json, Python project or pom.xml.',
      );
    const files = [
      { path: 'Dockerfile', text: docker.text },
      { path: 'compose.yaml', text: compose(port) },
      { path: '.dockerignore', text: `${['.git', '.env', '.env.*', ...docker.ignored].join('\n')}\n` },
    ].filter((file) => !stack.names.has(file.path));
    if (files.length === 0) throw wrongArguments('create_docker_config: all three files exist already.');
    return prepareNewFiles(
      scope,
      files.map((file) => ({ ...file, path: inFolder(stack, file.path) })),
    );
  },
};

function dockerfile(stack: Stack, port: number): { text: string; ignored: string[] } | undefined {
  if (stack.names.has('package.json')) return { text: node(stack, port), ignored: ['node_modules', 'dist'] };
  if (stack.names.has('requirements.txt') || stack.names.has('pyproject.toml'))
    return { text: python(stack, port), ignored: ['__pycache__', '.venv', 'venv'] };
  if (stack.names.has('pom.xml')) return { text: maven(port), ignored: ['target'] };
  return undefined;
}

function node(stack: Stack, port: number): string {
  const install = stack.names.has('pnpm-lock.yaml')
    ? ['COPY package.json pnpm-lock.yaml ./', 'RUN corepack enable && pnpm install --frozen-lockfile']
    : stack.names.has('yarn.lock')
      ? ['COPY package.json yarn.lock ./', 'RUN corepack enable && yarn install --frozen-lockfile']
      : stack.names.has('package-lock.json')
        ? ['COPY package.json package-lock.json ./', 'RUN npm ci']
        : ['COPY package.json ./', 'RUN npm install'];
  return lines(
    'FROM node:22-slim',
    'WORKDIR /app',
    ...install,
    'COPY . .',
    ...(stack.scripts.has('build') ? ['RUN npm run build'] : []),
    'ENV NODE_ENV=production',
    'USER node',
    `EXPOSE ${port}`,
    stack.scripts.has('start') ? 'CMD ["npm", "start"]' : 'CMD ["node", "."]',
  );
}

function python(stack: Stack, port: number): string {
  const install = stack.names.has('requirements.txt')
    ? ['COPY requirements.txt ./', 'RUN pip install --no-cache-dir -r requirements.txt', 'COPY . .']
    : ['COPY . .', 'RUN pip install --no-cache-dir .'];
  const start = /^\s*"?flask\b/im.test(stack.pythonNeeds)
    ? `CMD ["flask", "run", "--host", "0.0.0.0", "--port", "${port}"]`
    : `CMD ["python", "${stack.names.has('app.py') ? 'app.py' : 'main.py'}"]`;
  return lines(
    'FROM python:3.13-slim',
    'WORKDIR /app',
    ...install,
    'RUN useradd --create-home app',
    'USER app',
    `EXPOSE ${port}`,
    start,
  );
}

function maven(port: number): string {
  return lines(
    'FROM maven:3-eclipse-temurin-21 AS build',
    'WORKDIR /src',
    'COPY . .',
    'RUN mvn -B -DskipTests package',
    '',
    'FROM eclipse-temurin:21-jre',
    'WORKDIR /app',
    'COPY --from=build /src/target/*.jar app.jar',
    'RUN useradd --create-home app',
    'USER app',
    `EXPOSE ${port}`,
    'CMD ["java", "-jar", "app.jar"]',
  );
}

function compose(port: number): string {
  // Only this machine reaches it until somebody decides otherwise.
  return lines(
    'services:',
    '  app:',
    '    build: .',
    '    ports:',
    `      - "127.0.0.1:${port}:${port}"`,
    '    restart: unless-stopped',
  );
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
