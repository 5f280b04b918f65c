import type { Tool } from '../tool';
import { applyPatchTool } from './apply-patch';
import { deleteFileTool } from './delete-file';
import { editFileTool } from './edit-file';
import { listFilesTool } from './list-files';
import { readFileTool } from './read-file';
import { searchFilesTool } from './search-files';
import { writeFileTool } from './write-file';

/** All tools for files of the workspace. */
export const fileTools: readonly Tool[] = [
  readFileTool,
  listFilesTool,
  searchFilesTool,
  writeFileTool,
  editFileTool,
  applyPatchTool,
  deleteFileTool,
];
