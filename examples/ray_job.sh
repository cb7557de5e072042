#!/bin/sh
# Answer the questions of a file on a Ray cluster, as a job that goes on when this terminal is closed.
#
#   INDEX=/shared/indexes/kd SERVER=http://10.0.0.7:8000/v1 \
#     examples/ray_job.sh http://HEAD:8265 /shared/questions.jsonl /shared/answers.jsonl
#
# Before: `pip install 'r1agent[local,cluster]' 'ray[default]'` in the same versions on every node,
# `ray start --head` on one and `ray start --address=HEAD:6379` on each other one, and a model server
# that all of them reach, such as `r1agent serve --host 10.0.0.7 --port 8000`. A server that wants a
# key: `export R1AGENT_API_KEY=…` before `ray start --head`, never in the job, whose environment the
# dashboard shows. Whoever reaches Ray's ports can run programs there: keep them in a network of your own.
#
# The same command again goes on after a stop. `ray job logs -f ID` shows what the job prints,
# `ray job stop ID` ends it; the answers so far are kept.
set -eu
: "${INDEX:?names the folder of the index, the same on every node}"
: "${SERVER:?names the model server, as every node reaches it}"
cluster=${1:?"the address of the cluster's dashboard comes first, such as http://HEAD:8265"}
questions=${2:?"the file with the questions comes second, as the head node sees it"}
answers=${3:?"the file for the answers comes third, as the head node sees it"}

# --address           the dashboard of the head node, which takes jobs
# --no-wait           come back at once; the job goes on
# --                  what follows runs on the head node, and hands the questions out to all nodes
# -o                  the head node alone writes it, a line as each answer comes
# --index             one reader a node; a copy on each, or a shared folder that nobody adds to meanwhile
# --base-url          never 127.0.0.1, which is another machine on each node
# --ray auto          the cluster that the job runs on
# --plain             lines without colours, for the log
exec ray job submit \
  --address "$cluster" \
  --no-wait \
  -- \
  r1agent batch "$questions" \
  -o "$answers" \
  --index "$INDEX" \
  --base-url "$SERVER" \
  --ray auto \
  --plain
