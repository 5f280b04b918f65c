/** Modules that Python brings along. */
export const standardModules: ReadonlySet<string> = new Set(
  (
    '__future__ _thread abc aifc argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex ' +
    'bisect builtins bz2 calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall ' +
    'concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm ' +
    'decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput ' +
    'fnmatch formatter fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac ' +
    'html http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 linecache locale ' +
    'logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis ' +
    'nntplib ntpath numbers operator optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil ' +
    'platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc queue quopri ' +
    'random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal ' +
    'site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat ' +
    'statistics string stringprep struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile ' +
    'telnetlib tempfile termios test textwrap this threading time timeit tkinter token tokenize tomllib trace ' +
    'traceback tracemalloc tty turtle turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave ' +
    'weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo ' +
    'pip setuptools pkg_resources _pytest'
  ).split(' '),
);

/** What a package is imported as, where that is not its own name. */
export const importedAs: Readonly<Record<string, readonly string[]>> = {
  pyyaml: ['yaml'],
  pillow: ['pil'],
  beautifulsoup4: ['bs4'],
  'scikit-learn': ['sklearn'],
  'scikit-image': ['skimage'],
  'opencv-python': ['cv2'],
  'opencv-python-headless': ['cv2'],
  'opencv-contrib-python': ['cv2'],
  'python-dateutil': ['dateutil'],
  'python-dotenv': ['dotenv'],
  'python-jose': ['jose'],
  'python-multipart': ['multipart'],
  'python-slugify': ['slugify'],
  'python-magic': ['magic'],
  'psycopg2-binary': ['psycopg2'],
  'mysql-connector-python': ['mysql'],
  mysqlclient: ['mysqldb'],
  pyjwt: ['jwt'],
  pycryptodome: ['crypto'],
  pycryptodomex: ['cryptodome'],
  pyopenssl: ['openssl'],
  pyserial: ['serial'],
  attrs: ['attr', 'attrs'],
  'google-cloud-storage': ['google'],
  'google-api-python-client': ['googleapiclient', 'apiclient'],
  'google-auth': ['google'],
  'google-genai': ['google'],
  'google-generativeai': ['google'],
  protobuf: ['google'],
  grpcio: ['grpc'],
  'azure-storage-blob': ['azure'],
  'azure-identity': ['azure'],
  'django-environ': ['environ'],
  djangorestframework: ['rest_framework'],
  'django-cors-headers': ['corsheaders'],
  'django-filter': ['django_filters'],
  'flask-sqlalchemy': ['flask_sqlalchemy'],
  'discord-py': ['discord'],
  'discord.py': ['discord'],
  'msgpack-python': ['msgpack'],
  'ruamel-yaml': ['ruamel'],
  'ruamel.yaml': ['ruamel'],
  'typing-extensions': ['typing_extensions'],
  'fake-useragent': ['fake_useragent'],
  'websocket-client': ['websocket'],
  zmq: ['zmq'],
  pyzmq: ['zmq'],
  gitpython: ['git'],
  pygithub: ['github'],
  'tensorflow-cpu': ['tensorflow'],
  torch: ['torch'],
  'faiss-cpu': ['faiss'],
  'sentence-transformers': ['sentence_transformers'],
  pymupdf: ['fitz', 'pymupdf'],
  pypdf2: ['pypdf2'],
  levenshtein: ['levenshtein'],
  'python-levenshtein': ['levenshtein'],
  pywin32: ['win32api', 'win32con', 'pythoncom', 'win32com'],
  setuptools: ['setuptools', 'pkg_resources'],
};

/** Tools and plug-ins that nothing imports. */
export const pythonTools =
  /^(?:pytest|black|flake8|mypy|ruff|pylint|isort|autopep8|yapf|bandit|safety|tox|nox|coverage|pre-commit|wheel|setuptools|pip|pip-tools|build|twine|hatchling|poetry|poetry-core|flit|gunicorn|uvicorn|hypercorn|daphne|waitress|supervisor|ipython|jupyter|jupyterlab|notebook|ipykernel|sphinx|mkdocs|types-|psycopg2|psycopg|mysqlclient|asyncpg|aiosqlite|whitenoise|django-|celery|redis|python-multipart|email-validator|httptools|uvloop|tzdata|certifi|cython|numpy-stubs|pyright|debugpy|watchdog|pywin32|openpyxl|xlrd|lxml|html5lib|pyarrow|fastparquet|tabulate|tqdm-stubs|greenlet|cffi|wcwidth|typing-extensions)/;

/** Lower case, with one hyphen for each run of separators: how package indexes compare names. */
export const normalized = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');
