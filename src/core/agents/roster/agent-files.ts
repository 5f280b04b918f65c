import backend from './backend.agent.md';
import frontend from './frontend.agent.md';
import devops from './devops.agent.md';
import security from './security.agent.md';
import quality from './quality.agent.md';
import performance from './performance.agent.md';
import testing from './testing.agent.md';
import architect from './architect.agent.md';
import api from './api.agent.md';
import database from './database.agent.md';
import data from './data.agent.md';
import dataScience from './data-science.agent.md';
import mobile from './mobile.agent.md';
import infrastructure from './infrastructure.agent.md';
import standards from './standards.agent.md';
import product from './product.agent.md';
import cto from './cto.agent.md';
import ceo from './ceo.agent.md';
import writer from './writer.agent.md';
import researcher from './researcher.agent.md';
import elasticsearchArchitect from './elasticsearch-architect.agent.md';
import aiEngineer from './ai-engineer.agent.md';
import aiAnalyzer from './ai-analyzer.agent.md';
import codeGeneration from './code-generation.agent.md';
import codeCompilation from './code-compilation.agent.md';
import githubSearch from './github-search.agent.md';
import webSearch from './web-search.agent.md';
import orchestrator from './orchestrator.agent.md';

/** The files of the agents as text, in the order in which lists show them. A bundle of its own: loaded when the first agent works. */
export const agentFiles: ReadonlyMap<string, string> = new Map([
  ['backend', backend],
  ['frontend', frontend],
  ['devops', devops],
  ['security', security],
  ['quality', quality],
  ['performance', performance],
  ['testing', testing],
  ['architect', architect],
  ['api', api],
  ['database', database],
  ['data', data],
  ['data-science', dataScience],
  ['mobile', mobile],
  ['infrastructure', infrastructure],
  ['standards', standards],
  ['product', product],
  ['cto', cto],
  ['ceo', ceo],
  ['writer', writer],
  ['researcher', researcher],
  ['elasticsearch-architect', elasticsearchArchitect],
  ['ai-engineer', aiEngineer],
  ['ai-analyzer', aiAnalyzer],
  ['code-generation', codeGeneration],
  ['code-compilation', codeCompilation],
  ['github-search', githubSearch],
  ['web-search', webSearch],
  ['orchestrator', orchestrator],
]);
