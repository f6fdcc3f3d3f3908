#!/usr/bin/env bash
# A cluster of four machines on one, as root on Linux: each is a network of its own with an address of its own.
#   benchmarks/spark_machines.sh COMMAND...      such as: workbook report --map cluster.toml --out /tmp/reports
# runs a command on the fourth; on the first is a master, on the second and third a worker of 1 core and 1 GB:
#   [spark]
#   session = "spark://10.77.0.1:7077"
#   options = { "spark.executor.memory" = "600m", "spark.driver.memory" = "700m" }
# The disk is the same to all, as a network file system is. Which worker's process is which stands on standard error.
set -euo pipefail
python=$(command -v python)
home=$("$python" -c 'import pathlib, pyspark; print(pathlib.Path(pyspark.__file__).parent)')
work=$(mktemp -d)
export SPARK_HOME=$home SPARK_DAEMON_MEMORY=200m PYSPARK_PYTHON=$python
groups=()

end() {
  for group in "${groups[@]}"; do kill -9 -- "-$group" && wait "$group" || true; done 2>/dev/null
  for number in 1 2 3 4; do ip netns del "machine$number" 2>/dev/null || true; done
  ip link del machines 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT

ip link add machines type bridge
ip link set machines up
for number in 1 2 3 4; do
  ip netns add "machine$number"
  ip link add "machine$number" type veth peer name eth0 netns "machine$number"
  ip link set "machine$number" master machines up
  ip -n "machine$number" address add "10.77.0.$number/24" dev eth0
  ip -n "machine$number" link set eth0 up
  ip -n "machine$number" link set lo up
done

start() { # NUMBER CLASS ARGUMENTS...: in a group of its own, so that executors die with their worker
  setsid ip netns exec "machine$1" "$home/bin/spark-class" "org.apache.spark.deploy.$2" --host "10.77.0.$1" \
    --webui-port 0 "${@:3}" >"$work/$1.log" 2>&1 &
  groups+=($!)
  echo "machine $1: process $!" >&2
}

start 1 master.Master --port 7077
for number in 2 3; do start "$number" worker.Worker --cores 1 --memory 1g --work-dir "$work" spark://10.77.0.1:7077; done
# Workers ask again until the master is there; a command is refused where it is not yet.
until ip netns exec machine4 "$python" -c 'import socket; socket.create_connection(("10.77.0.1", 7077), 1)' 2>/dev/null; do
  kill -0 "${groups[0]}"
done
ip netns exec machine4 "$@"
