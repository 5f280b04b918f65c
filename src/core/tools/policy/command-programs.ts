/* Programs by what their words may do. A pattern never covers a program that runs what its words name: only an exact rule does. */

/** They run what they are told, or what a project's files say: shells, interpreters, wrappers, builders, package managers. */
const RUNNERS = named(`
  sh bash dash zsh ksh mksh fish csh tcsh ash busybox toybox pwsh powershell cmd wsl elvish nu xonsh
  rbash cscript wscript mshta rundll32 regsvr32 wmic node nodejs deno bun tsx ts-node python python2
  python3 pypy pypy3 ipython perl ruby irb php lua luajit tclsh wish expect r rscript julia scala
  groovy java jshell kotlin clojure clj elixir iex erl escript ghc runghc runhaskell ocaml guile
  racket sbcl clisp swift dart osascript awk gawk mawk nawk sed gsed ed ex vi vim nvim view vimdiff
  rvim emacs emacsclient nano pico micro hx code cursor bc dc m4 gdb lldb sqlite3 psql mysql mongo
  mongosh redis-cli octave maxima gnuplot jjs env command builtin exec eval source . nohup timeout
  time nice ionice chrt taskset stdbuf unbuffer setsid setarch script scriptreplay watch flock xargs
  gxargs parallel find gfind fd fdfind entr watchexec nodemon sudo doas su runuser pkexec chroot
  unshare nsenter bwrap firejail systemd-run systemctl service at batch crontab strace ltrace perf
  valgrind rlwrap dbus-run-session dbus-launch xvfb-run screen tmux start open xdg-open run-parts
  run-mailcap setpriv capsh prlimit choom faketime proot fakeroot catchsegv ld.so start-stop-daemon
  ssh-agent gpg-agent direnv dotenv mise asdf nix nix-shell nix-build nix-env guix conda mamba npm npx
  pnpm pnpx yarn yarnpkg corepack bunx pip pip3 pipx uv uvx poetry pdm hatch tox nox pytest py.test
  make gmake cmake ctest ninja meson bazel buck buck2 pants just task mage rake bundle gem cargo rustc
  rustup go gradle gradlew mvn mvnw ant sbt mill dotnet msbuild nuget composer mix rebar3 zig lein
  stack cabal dune opam flutter pod jest vitest mocha ava jasmine karma cypress playwright eslint
  prettier tsc stylelint babel webpack vite rollup esbuild gulp grunt nx turbo lerna rush ng next nuxt
  astro husky pre-commit lefthook mypy pylint flake8 black ruff rubocop phpunit rspec invoke inv fab
  docker podman nerdctl buildah docker-compose kubectl helm oc minikube kind vagrant ansible
  ansible-playbook terraform tofu terragrunt pulumi packer aws az gcloud gh glab heroku vercel netlify
  fly flyctl wrangler firebase apt apt-get dpkg rpm yum dnf pacman apk brew snap choco winget scoop
  port man info less more most pg lesspipe tar bsdtar cpio zip unzip 7z rar unrar ar mail sendmail
  logrotate split csplit dialog dmesg mount umount insmod modprobe ldconfig gcc g++ cc c++ clang
  clang++ ld as tcc javac pdflatex latex tex xelatex lualatex latexmk ffmpeg convert magick gs
  git-shell svn hg bzr jj cvs p4 claude codex gemini aider opencode baton copilot printenv tee hash
  alias trap enable complete bind
`);

/** They change or remove what stands on the disk or what runs: their words are worth an exact look. */
const CHANGERS = named(`
  rm rmdir unlink shred truncate dd chmod chown chgrp chattr setfacl ln install mv del kill pkill
  killall reboot shutdown mkfs fdisk parted mkfifo mknod patch rename erase passwd useradd usermod
  visudo iptables nft ip ifconfig sysctl date hostname reg setx
`);

/** They speak to other machines, so every word of them may carry something away. */
const NETWORK = named(`
  curl wget aria2c http https httpie xh ssh scp sftp rsync ftp lftp tftp nc ncat netcat socat telnet
  ping ping6 traceroute tracepath mtr dig nslookup host drill whois openssl nmap getent rclone s3cmd
  mc lynx w3m links elinks finger wall write logger certutil bitsadmin mosh rsh rlogin arp smbclient
  ldapsearch xdg-email tcpdump resolvectl
`);

/** They only look: a protected file among their words is no harm. */
const READERS = named(`
  cat head tail wc ls dir stat file grep egrep fgrep rg diff cmp comm nl od md5sum sha1sum sha256sum
  sha512sum cksum cut tr tree du df jq column basename dirname realpath readlink echo printf true
  false pwd which test hexdump strings sort paste tac
`);

/** Of git's commands, those that only look. They run no hook; their filters come from settings, which are protected. */
const GIT_READING = named(`
  status log diff show blame ls-files ls-tree rev-parse rev-list describe shortlog cat-file merge-base
  name-rev for-each-ref show-ref diff-tree diff-index diff-files count-objects whatchanged
  check-ignore range-diff grep annotate version cherry var
`);

/** Why no pattern may name the program; undefined where one may. */
export function notForPatterns(program: string, subcommand: string | undefined): string | undefined {
  const name = programName(program);
  if (/[/\\]/.test(program)) return `${program} is a file: allow it by its exact command line`;
  // python3.11, gcc-12, clang-15.
  const plain = name.replace(/[-.]?\d+(?:\.\d+)*$/, '');
  if (RUNNERS.has(name) || RUNNERS.has(plain))
    return `${program} runs what it is given or what a project says: allow it by its exact command line`;
  if (CHANGERS.has(name)) return `${program} changes what stands: allow it by its exact command line`;
  if (NETWORK.has(name)) return `${program} speaks to other machines: allow it by its exact command line`;
  if (name.startsWith('git-') || (name === 'git' && !GIT_READING.has(subcommand ?? '')))
    return 'Of git, a pattern may name one command that only reads: allow others by their exact command line';
  return undefined;
}

/** True when the words of the command cannot change a file. */
export function onlyReads(argv: readonly string[]): boolean {
  return READERS.has(argv[0] ?? '') || isReadingGit(argv);
}

/** True for `git` with a command that only looks, right behind it. */
export function isReadingGit(argv: readonly string[]): boolean {
  return argv[0] === 'git' && GIT_READING.has(argv[1] ?? '');
}

/** True when the program speaks to other machines. */
export function speaksToNetwork(argv: readonly string[]): boolean {
  return NETWORK.has(programName(argv[0] ?? ''));
}

function programName(program: string): string {
  return (program.split(/[/\\]/).at(-1) ?? '').toLowerCase().replace(/\.(?:exe|cmd|bat|com|ps1)$/, '');
}

function named(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
