#!perl
# No module: to load Socket takes longer than all of this. Linux's numbers; where they are others, it does not connect.
my ($PF_UNIX, $SOCK_STREAM, $EAGAIN, $EPIPE) = (1, 1, 11, 32);
my ($node, $path, $greeting) = splice(@ARGV, 0, 3);
# The launcher's own: Perl is not to complain about a locale that is not installed.
delete @ENV{'PERL_BADLANG', 'PERL5OPT'};
my ($name) = $0 =~ m{([^/]*)\z};
sub by_itself { exec $node, $0, @ARGV; print STDERR "$name: $node cannot be run: $!\n"; exit 127 }
sub lost { print STDERR "$name: the connection to this node's quorated was lost; whether it was done is not known\n"; exit 102 }

socket(my $server, $PF_UNIX, $SOCK_STREAM, 0) or by_itself();
length $path < 108 && connect($server, pack('S Z*', $PF_UNIX, $path)) or by_itself();
# One that does not greet hangs or is of another build, and has not been asked for anything yet.
my ($ready, $greeted) = ('', '');
vec($ready, fileno $server, 1) = 1;
select($ready, undef, undef, 1) or by_itself();
sysread($server, $greeted, 256);
$greeted eq "$greeting\n" or by_itself();

$SIG{PIPE} = 'IGNORE';
# Which files and which time it means: as surroundings.ts says it of the thread.
my $surroundings = join ' ', (stat '/')[0, 1], readlink '/proc/self/ns/mnt', umask, $) + 0, $ENV{TZ} // '';
my $request = join '', map { "$_\0" } $0, (-t STDIN && -t STDOUT ? 'tty' : ''), readlink '/proc/self/cwd', $surroundings, scalar(@ARGV), @ARGV, map { "$_=$ENV{$_}" } keys %ENV;
send_all($server, pack('N', length $request) . $request) or lost();
for (;;) {
  my ($kind, $length) = unpack 'aN', receive(5);
  my $text = receive($length);
  if ($kind eq 'x') { exit $text }
  if ($kind eq 'd') { by_itself() }
  if ($kind eq 'e') { send_all(*STDERR, $text) }
  # As with any command, a reader that has enough ends output silently; a full disk does not.
  elsif (!send_all(*STDOUT, $text) && $! != $EPIPE) { print STDERR "$name: standard output cannot be written: $!\n"; exit 73 }
}

sub receive {
  my ($length) = @_;
  my $bytes = '';
  while (length $bytes < $length) { sysread($server, $bytes, $length - length $bytes, length $bytes) or lost() }
  return $bytes;
}

sub send_all {
  my ($to, $bytes) = @_;
  for (my $at = 0; $at < length $bytes;) {
    my $count = syswrite($to, $bytes, length($bytes) - $at, $at);
    if (defined $count) { $at += $count }
    elsif ($! == $EAGAIN) { select undef, undef, undef, 0.005 }
    else { return 0 }
  }
  return 1;
}
__END__
